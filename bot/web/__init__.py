"""The web page: the same answers for people without LINE and for a kiosk, readable and usable without script."""
