"""Live participation and polling: "Sie sind gefragt!"."""
