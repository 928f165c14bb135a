"""Commands of ``scrapy`` that are ours, by Scrapy's setting COMMANDS_MODULE."""
