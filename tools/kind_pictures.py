"""Take the pictures of docs/kinds.md: each kind of question on a phone and, with what 200 people answer, on the screen.

Writes docs/pictures/kinds/NAME-{phone,screen}.webp. The questions are in tools/kinds.yaml, what people answer in
tools/kind_answers.py. Needs Chromium, as tools/pictures.py does. Prints nothing.
"""

import asyncio
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE
from uuid import uuid4

import httpx2
from playwright.async_api import Locator, Page, async_playwright

from tools.kind_answers import ABSTAIN, ANSWERS, EVENT_FILE, PEOPLE, Fields, answers
from tools.pictures import PICTURES, launched, opened, running, take

FOLDER = PICTURES / "kinds"
HOST = "gefragt.example"
CODE = "klein27"
SCREEN_SCALE = 0.5


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def links(data: str) -> tuple[str, str]:
    """Make the event in this folder, and return the links of its desk and screen."""
    command = (sys.executable, "-m", "poll_server", "event", "create", str(EVENT_FILE), "--data", data)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    printed, _ = await process.communicate()
    paths = [word[word.index("/e/") :] for word in printed.decode().split() if "/link/" in word]
    desk, screen = (f"http://{HOST}{path}" for path in paths)
    return desk, screen


async def arrive(url: str) -> list[httpx2.AsyncClient]:
    """The people, each with a cookie of their own."""
    # A connection kept open may be closed by the server at the moment that it is used again.
    transport = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))
    people = [httpx2.AsyncClient(base_url=url, transport=transport, timeout=30) for _ in range(PEOPLE)]
    for person in people:
        await person.get(f"/e/{CODE}")
    return people


async def vote(person: httpx2.AsyncClient, hidden: dict[str, str], fields: Fields) -> None:
    """Send a form; somebody who does not answer only looks."""
    if not fields:
        await person.get(f"/e/{CODE}")
        return
    sent = await person.post(f"/e/{CODE}/vote", data=hidden | {"submission": str(uuid4())} | fields)
    assert sent.status_code == httpx2.codes.SEE_OTHER, sent.text


async def fill_in(form: Locator, fields: Fields) -> None:
    """Enter an answer by the controls of a form, whatever it asks."""
    for name, given in fields.items():
        controls = form.locator(f"[name='{name}']")
        if not await controls.count() or await controls.first.get_attribute("type") == "submit":
            continue  # of many parts one is asked at a time, and each press is an answer
        kind = await controls.first.get_attribute("type")
        for place, value in enumerate([given] if isinstance(given, str) else given):
            one = form.page.locator(f"[name='{name}'][value='{value}']")
            if kind in ("radio", "checkbox"):
                await form.locator(one).check(force=True)
            elif kind == "hidden":  # a row of a list, whose button puts it on the next free place
                await form.locator("li").filter(has=one).locator("[data-move=up]").click()
            else:
                await controls.nth(place).fill(value)


async def step(desk: Page, then: str) -> None:
    """Take the desk's next step, until it offers this one."""
    await desk.keyboard.press("n")
    await desk.get_by_role("button", name=then).wait_for()


async def take_notice(name: str, desk: Page, screen: Page, phone: Page) -> None:
    """Show what nobody answers, and take its two pictures."""
    await step(desk, "Zurücknehmen")
    for page in (phone, screen):
        await page.locator("main .sg-notice").wait_for()
        await page.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth)")
    await take(phone, f"kinds/{name}-phone")
    await take(screen, f"kinds/{name}-screen", SCREEN_SCALE)


async def take_kind(name: str, people: list[httpx2.AsyncClient], desk: Page, screen: Page, phone: Page) -> None:
    """Ask the question that the desk is at, and take its two pictures."""
    given = answers(name)
    if not any(given):
        await take_notice(name, desk, screen, phone)
        return
    await step(desk, "Frage schließen")
    form = phone.locator("form[data-vote]")
    fields = ("question", "wave", "number")
    hidden = {field: await form.locator(f"[name={field}]").first.input_value() for field in fields}
    await form.get_by_role("button").first.wait_for()
    await fill_in(form, next(one for one in given if one and one != ABSTAIN))
    await take(phone, f"kinds/{name}-phone")
    await asyncio.gather(*(vote(person, hidden, one) for person, one in zip(people, given, strict=True)))
    await step(desk, "Ergebnis zeigen")
    await step(desk, "Ergebnis verbergen")
    await screen.locator("main > h1 + :not(.sg-live)").wait_for()
    await take(screen, f"kinds/{name}-screen", SCREEN_SCALE)


async def main() -> None:
    """Run the event and take the pictures of each question."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        desk_link, screen_link = await links(data)
        serve = running("serve", "--port", str(port), "--data", data, POLL_PUBLIC_URL=f"http://{HOST}")
        async with serve as server, async_playwright() as playwright:
            assert server.stdout
            await server.stdout.readline()
            browser = await launched(playwright, f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}")
            desk = await opened(browser, desk_link, 1440, 900)
            screen = await opened(browser, screen_link, 1920, 1080)
            phone = await opened(browser, f"http://{HOST}/e/{CODE}", 390, 844)
            people = await arrive(f"http://127.0.0.1:{port}")
            for number, name in enumerate(ANSWERS):
                if number:
                    await step(desk, "Frage öffnen" if any(answers(name)) else "Zeigen N")
                await take_kind(name, people, desk, screen, phone)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
