from stance import __version__

project = "stance-nl"
author = "the stance-nl authors"
copyright = "the stance-nl authors"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"stance-nl {__version__}"
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
add_module_names = False
suppress_warnings = ["myst.xref_missing", "myst.header"]  # links of README work on the forge only
