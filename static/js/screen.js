// The screen: type as large as fits, because nobody scrolls a projection. The sizes are in stage.css.

const SIZES = ["s", "m", "l two", "w two wide", "x two wide", "x two wide clip", "x two wide clip all"];
const screen = document.getElementById("screen");

function fit() {
  const main = screen.querySelector("main");
  const fits = () => main.scrollHeight <= main.clientHeight;
  unfold();
  if (!SIZES.some((size) => { screen.dataset.size = size; return fits(); })) fold(main, fits);
  observer.takeRecords();       // what this has changed itself
}

// What even the smallest type has no room for goes, step by step; it stays for screen readers, and on every device.
const rest = document.createElement("p");
rest.className = "sg-muted sg-rest";

function fold(main, fits) {
  let gone = 0;
  (main.querySelector(".sg-about") ?? main).append(rest);
  steps().some((some) => {
    some.forEach((one) => one.classList.add("is-folded"));
    gone += some[0].matches("tr") ? 1 : some.length;
    rest.textContent = screen.dataset.rest?.replace("{}", gone) ?? "…";
    return fits();
  });
}

// In tables by group the rarest answer first, in all tables; of statements the last of each list; of words and texts the rarest.
function steps() {
  const all = (selector) => [...screen.querySelectorAll(selector)];
  const lists = [all(".sg-side tbody"), all(".sg-opinions")].find((some) => some.length) ?? [];
  if (!lists.length) return all(".sg-cloud li, .sg-texts li").reverse().sort((one, other) => rank(one) - rank(other)).slice(0, -1).map((one) => [one]);
  const longest = Math.max(...lists.map((one) => one.children.length));
  const places = [...Array(longest).keys()].reverse().map((at) => lists.map((one) => one.children[at]).filter(Boolean));
  return places.sort(([one], [other]) => rank(one) - rank(other)).slice(0, -1);
}

const rank = (one) => Number(one.dataset.n ?? /sg-w(\d)/.exec(one.className)?.[1] ?? 0);

function unfold() {
  screen.querySelectorAll(".is-folded").forEach((one) => one.classList.remove("is-folded"));
  rest.remove();
}

// Called before the change is painted; numbers that move may need more room, too.
const observer = new MutationObserver(fit);
observer.observe(screen, { childList: true, characterData: true, subtree: true });
window.addEventListener("resize", fit);
document.fonts.ready.then(fit);
