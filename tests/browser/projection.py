"""The projected picture: the sizes of projectors, texts as long as can be, and what goes wrong with them."""

from playwright.async_api import Page, ViewportSize

PROJECTIONS: tuple[ViewportSize, ...] = ({"width": 1920, "height": 1080}, {"width": 1280, "height": 720})
WINDOW: ViewportSize = {"width": 900, "height": 700}
WORDS = "Klimaanpassung und Grünflächen gemeinsam mit den Nachbarschaften planen, bauen und über viele Jahre pflegen, "


def long_text(begin: str, length: int) -> str:
    """A text of so many characters."""
    return f"{begin} {WORDS * 3}"[: length - 1] + "?"


def long_texts(count: int, length: int) -> list[str]:
    """So many different texts."""
    return [long_text(str(number), length) for number in range(1, count + 1)]


# What the picture got wrong, after it has been painted: in words, with the pixels that stick out.
FAULTS = """async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    const box = (one) => document.querySelector(one).getBoundingClientRect();
    const answers = [...document.querySelectorAll('.sg-letters li, .sg-results tbody tr:not(.is-folded)')]
        .map((one) => one.getBoundingClientRect());
    const main = document.querySelector('main');
    const code = box('#strip .sg-code');
    const texts = [...document.querySelectorAll('.sg-stage *')].filter((one) => one.checkVisibility()
        && !one.closest('.kern-sr-only, [aria-hidden]') && [...one.childNodes].some((node) => node.nodeValue?.trim()));
    const smallest = Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize)));
    const over = {
        'heading under the header': box('.sg-stage header').bottom - box('h1').top,
        'answers under the heading': box('h1').bottom - Math.min(...answers.map((one) => one.top)),
        'answers under the strip': Math.max(...answers.map((one) => one.bottom)) - box('#strip').top,
        'answers beyond the edge': Math.max(...answers.map((one) => one.right)) - innerWidth,
        'text to scroll in the picture': main.scrollHeight - main.clientHeight,
        'type below 28 px of 1920': 28 * (innerWidth < 1000 ? 0.5 : innerWidth / 1920) - smallest,
        'code outside': Math.max(code.bottom - innerHeight, code.right - innerWidth, -code.top, -code.left),
    };
    scrollTo({ top: 0, behavior: 'instant' });
    over['code outside at the top'] = box('#strip .sg-code').bottom - innerHeight;
    return Object.entries(over).filter(([, by]) => by > 0.5).map(([fault, by]) => `${fault}: ${Math.round(by)}`);
}"""


async def faults(screen: Page) -> dict[int, list[str]]:
    """What is wrong, by the width of the window; projections must not need scrolling either."""
    found: dict[int, list[str]] = {}
    for size in (*PROJECTIONS, WINDOW):
        await screen.set_viewport_size(size)
        found[size["width"]] = await screen.evaluate(FAULTS)
        if size in PROJECTIONS and await screen.evaluate("() => document.documentElement.scrollHeight > innerHeight"):
            found[size["width"]].append("page to scroll")
    return {width: faults for width, faults in found.items() if faults}
