"""Pages and servers are hostile until shown otherwise: what bounds them. docs/guards.md tells the promises."""
