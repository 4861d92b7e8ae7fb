"use strict";
// Everything is there without this: it sorts tables, and copies texts.
for (const head of document.querySelectorAll("th[data-order]")) {
  const button = document.createElement("span"); // a real button is not printed on later pages
  button.tabIndex = 0;
  button.setAttribute("role", "button");
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => sort(head));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    sort(head);
  });
}

function sort(head) {
  const falling = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const numbers = head.dataset.order.split(" ");
  const known = numbers.length - Number(head.dataset.none || 0);
  const first = numbers.slice(0, known);
  const order = (falling ? first.reverse() : first).concat(numbers.slice(known)); // no value: last
  const body = head.closest("table").tBodies[0];
  body.append(...order.map((number) => document.getElementById("trial-" + number)));
  [...body.rows].forEach((row, at) => row.classList.toggle("later", at >= 50));
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch { // a page from a file may not be allowed to
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
