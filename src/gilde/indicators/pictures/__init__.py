"""Pictures of figures: charts and maps of series, with the words that say what they show.

They are declared for `core.charts`; a page shows them with `{% figure chart %}`, a file with `svg_file(chart)`.
Each costs a page one query at most, for the day of retrieval, and none with `as_of`.
"""

from gilde.indicators.pictures.areas import compared_of, map_of, outlines_of
from gilde.indicators.pictures.embedding import svg_file
from gilde.indicators.pictures.trends import multiples_of, spark_of, trend_of

__all__ = ["compared_of", "map_of", "multiples_of", "outlines_of", "spark_of", "svg_file", "trend_of"]
