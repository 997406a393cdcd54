"""The business systems of XX e-commerce, simulated: a seeded world, and real servers that tell of it.

Nothing here knows the pipeline, and the pipeline knows nothing of this.
"""

from business_systems.serving.running import Systems, running
from business_systems.year.sizes import Sizes
from business_systems.year.world import PRIMARY_KEYS, World

__all__ = ["PRIMARY_KEYS", "Sizes", "Systems", "World", "running"]
