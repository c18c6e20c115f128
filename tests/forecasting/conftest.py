"""One thread for the linear algebra, set before scipy is loaded.

statsmodels' optimiser asks it for systems of five unknowns; on a busy machine, such as one that
runs tests on all its cores, threads that wait for each other made a fit ten times as slow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
