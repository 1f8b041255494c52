// What is wider or higher than its place scrolls within itself. Let the keyboard reach it there, and only there:
// a stop at every block of code would be one stop too many.
const REGIONS = "article pre, article div.math, article .katex-display, .table-wrapper, .sidebar-scroll, .toc-scroll";

function scrolls(region) {
  const { overflowX, overflowY } = getComputedStyle(region);
  const wide = region.scrollWidth > region.clientWidth;
  const high = region.scrollHeight > region.clientHeight;
  return (wide && /auto|scroll/.test(overflowX)) || (high && /auto|scroll/.test(overflowY));
}

function mark() {
  for (const region of document.querySelectorAll(REGIONS)) {
    if (scrolls(region)) {
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
