const form = document.querySelector("form");
const articles = [...document.querySelectorAll("article")];
function show() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.text.toLowerCase().trim();
  let count = 0;
  for (const article of articles) {
    const fits = ["status", "area", "level"].every((name) => !wanted[name] || article.dataset[name] === wanted[name])
      && (!words || article.textContent.toLowerCase().includes(words));
    article.hidden = !fits;
    count += fits;
  }
  form.querySelector(".count").textContent = `${count} of ${articles.length} requirements`;
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
    button.textContent = "selected";
  }
});
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("article:not([hidden]) > details")) {
    details.dataset.was = details.open;
    details.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-was]")) details.open = details.dataset.was === "true";
});
show();
