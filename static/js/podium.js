// The podium's clock: the server's time in the event's time zone, whatever the device believes.

const clock = document.getElementById("clock");
const ahead = Number(clock.dataset.now) - Date.now();
const written = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });

function show() {
  const text = written.format(Date.now() + ahead);
  if (clock.textContent !== text) clock.textContent = text;
}

show();
setInterval(show, 1000);
