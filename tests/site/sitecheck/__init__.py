"""What the checks of the built site are made of: reading its files, and driving a browser over its pages."""
