"""The doors: pages, forms and sockets for the audience, the desk and the screen."""
