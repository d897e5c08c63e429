// Filters the example sentences. Without it all of them are shown.
(() => {
  "use strict";
  const form = document.getElementById("filters");
  if (!form) return;
  const cards = [...document.querySelectorAll("#cards > li")];
  const texts = cards.map((card) => card.querySelector(".sentence").textContent.toLowerCase());
  const selects = [...form.querySelectorAll("select")];
  const words = form.querySelector("input");
  const count = document.getElementById("shown");
  const none = document.getElementById("none");
  const apply = () => {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    cards.forEach((card, i) => {
      const fits =
        texts[i].includes(wanted) &&
        selects.every(
          (one) => one.value === "" || card.dataset[one.name].split(" ").includes(one.value),
        );
      card.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown;
    none.hidden = shown > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
})();
