"""The built site: the Sphinx extension, templates, fonts and the styles of the book."""
