"""One aiohttp server for everything that comes in by HTTP."""
