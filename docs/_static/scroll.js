// What is wider than its place scrolls within itself. Let the keyboard reach it there, and only there:
// a stop at every block of code would be one stop too many.
const REGIONS = "article pre, article div.math, article .katex-display, .table-wrapper, .sidebar-scroll, .toc-scroll";

function mark() {
  for (const region of document.querySelectorAll(REGIONS)) {
    const scrolls = region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight;
    if (scrolls) {
      region.tabIndex = 0;
    } else {
      region.removeAttribute("tabindex");
    }
  }
}

mark();
addEventListener("resize", mark);
document.fonts.ready.then(mark);
document.addEventListener("toggle", mark, true);
