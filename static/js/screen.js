// The screen: type as large as fits, because nobody scrolls a projection. The sizes are in stage.css.

const SIZES = ["s", "m", "l two", "w two wide", "x two wide"];
const screen = document.getElementById("screen");

function fit() {
  const main = screen.querySelector("main");
  for (const size of SIZES) {
    screen.dataset.size = size;
    if (main.scrollHeight <= main.clientHeight) return;
  }
}

// Called before the change is painted; numbers that move may need more room, too.
new MutationObserver(fit).observe(screen, { childList: true, characterData: true, subtree: true });
window.addEventListener("resize", fit);
document.fonts.ready.then(fit);
