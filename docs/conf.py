"""Settings of the site. What they mean for a page is the work of the extensions in ``_ext``."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

import settings

site = settings.load(DOCS / "site.toml")

# -- Project ---------------------------------------------------------------------------------------------

project = "calcguide"
author = "The calcguide developers"
copyright = author  # noqa: A001
version = release = site.version

# -- Extensions ------------------------------------------------------------------------------------------

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    "sphinx_copybutton",
    # After autodoc, so that each page of the reference lists the lessons that use its subject.
    "sphinx_gallery.gen_gallery",
    # Our own, in _ext.
    "outputs",
    "prerender",
    "citations",
    "inventories",
    "constants",
    "benchmarks",
    "exercise",
    "figures",
    "lessons",
    "notebooks",
    "downloads",
    "pages",
    "access",
]
nitpicky = True
default_role = "literal"  # `x` in a docstring is a parameter
templates_path = ["_templates"]
# The gallery writes more than pages; myst-nb would take its notebooks for sources.
exclude_patterns = ["_build", "_static", "_templates", "lessons/**/*.ipynb", "lessons/**/*.zip"]
exclude_patterns += ["lessons/**/*.json", "lessons/**/*.md5", "reference/generated/lessons"]

# -- Lessons ---------------------------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "lessons",
    "filename_pattern": r"\.py$",  # every lesson runs
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "parallel": 2,
    "image_scrapers": ("figures.scrape", "symbols.scrape"),
    "ignore_repr_types": r"matplotlib|sympy",  # drawn and typeset by the scrapers
    "notebook_extensions": {},  # our own notebooks are made from the finished pages
    "reset_modules": ("matplotlib", "lessons.reset"),
    "reset_modules_order": "both",
    "remove_config_comments": True,
    "inspect_global_variables": False,  # link what is imported, not each variable to its type
    "download_all_examples": False,
    "show_signature": False,
    "backreferences_dir": "reference/generated/lessons",
    "doc_module": ("calcguide",),
    # Times differ from build to build.
    "min_reported_time": float("inf"),
    "write_computation_times": False,
}

# -- Guides: notebooks in MyST ---------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "substitution"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # seconds a cell; the machine may be busy
nb_execution_show_tb = True
nb_merge_streams = True  # stdout before stderr, whichever came first
nb_ipywidgets_js = {}  # their scripts come from elsewhere

# -- Mathematics -----------------------------------------------------------------------------------------

html_math_renderer = "prerender"
myst_update_mathjax = False

# -- Links to other references -------------------------------------------------------------------------

intersphinx_mapping = {}  # filled from external.toml

# -- Reference -------------------------------------------------------------------------------------------

autodoc_typehints = "none"  # the docstrings say it in words
autosummary_generate = sorted(f"reference/{page.name}" for page in DOCS.glob("reference/*.md"))
numpydoc_show_class_members = False  # the class template lists them
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"  # words between types, except the names that the extension `inventories` adds
numpydoc_xref_aliases = {}

# -- Bibliography ----------------------------------------------------------------------------------------

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "round_brackets"

# -- Pages -----------------------------------------------------------------------------------------------

html_theme = "furo"
html_title = "calcguide"
html_baseurl = site.base_url  # canonical links; none if empty
html_theme_options = {"top_of_page_buttons": ["view"]}
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_favicon = "_static/brand/favicon.svg"
pygments_style = "code_styles.Light"
pygments_dark_style = "code_styles.Dark"
html_scaled_image_link = False
html_copy_source = False
html_show_sourcelink = False

# -- Link check ------------------------------------------------------------------------------------------

linkcheck_timeout = 20
linkcheck_retries = 2
# Publishers that turn robots away: SIAM, ACM, the Royal Society, Oxford, JSTOR, Elsevier, Wiley.
linkcheck_ignore = [
    rf"https://doi\.org/10\.{number}/" for number in (1137, 1145, 1098, 1093, 2307, 1016, 1002)
]
