"""What follows in the transaction that stores an article: where the judgements of ``pipelines`` meet the archive.

The settings name these (``PANXI_AFTER``), as Scrapy's settings name the pipelines.
"""

from pipelines.dedupe import same_story
from storage import clusters

join_clusters = clusters.joining(same_story)
