"""Pictures for the chat: facts → SVG, drawn here; SVG → PNG, painted in a process of its own."""
