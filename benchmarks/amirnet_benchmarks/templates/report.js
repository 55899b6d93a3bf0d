// One slider a photo. The range input carries the value, so keyboards and screen readers work;
// the frame takes the pointer, so a tap or a drag anywhere on the photo works too.
for (const photo of document.querySelectorAll(".photo")) {
  const frame = photo.querySelector(".compare");
  const input = frame.querySelector("input");
  const show = () => {
    frame.style.setProperty("--at", input.value + "%");
    input.setAttribute("aria-valuetext", input.value + " percent degraded photo");
  };
  const follow = (event) => {
    const box = frame.getBoundingClientRect();
    input.value = Math.round((100 * (event.clientX - box.left)) / box.width);
    show();
  };
  input.addEventListener("input", show);
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    input.focus({ preventScroll: true });
    follow(event);
    event.preventDefault();
  });
  frame.addEventListener("pointermove", (event) => {
    if (frame.hasPointerCapture(event.pointerId)) follow(event);
  });
  show();

  const button = photo.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    frame.querySelector(".original").hidden = !pressed;
    frame.querySelector(".tag.right").textContent = pressed ? "original" : "restored";
  });
}
