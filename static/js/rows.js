// The rows of a result, which come lean: what their figures and bars are called stands once for all of them. Here each
// gets the name that ticks know it by, and the own answer its place in the row.

function name(body) {
  const cells = body.dataset.cells.split(" ");
  const bars = (body.dataset.bars ?? "*").split(" ");
  const keys = body.dataset.rows?.split(" ");
  [...body.rows].forEach((row, at) => {
    const key = keys?.[at] ?? `o${at + 1}`;
    row.dataset.row = key;
    row.querySelectorAll("td:not(:has(b)), td b").forEach((cell, number) => { cell.dataset.figure = cells[number].replace("*", key); });
    row.querySelectorAll("rect").forEach((bar, number) => { bar.dataset.bar = bars[number].replace("*", key); });
  });
}

// A copy for each row: a frame that comes takes the copies away, what is private stays.
function mark(own) {
  for (const row of document.querySelectorAll(`#question-${own.dataset.of} [data-cells] > tr`)) {
    const said = own.querySelector(`[data-mine="${row.dataset.row}"]`)?.dataset.says ?? "";
    const place = row.querySelector(".sg-mine");
    if (place?.textContent === said || (!place && !said)) continue;
    place?.remove();
    if (!said) continue;
    const made = document.createElement("span");
    made.className = "sg-mine";
    made.innerHTML = '<span class="kern-icon kern-icon--check kern-icon--small" aria-hidden="true"></span>';
    made.append(said);
    row.cells[0].insertBefore(made, row.cells[0].querySelector("svg"));
  }
}

export function nameRows() {
  document.querySelectorAll("[data-cells]").forEach(name);
  document.querySelectorAll("#mine > [data-of]").forEach(mark);
}
