from tests import rows
import tests.credentials.rows_wallet as mine
_old = rows.modules
rows.modules = lambda context: iter([mine]) if context == "credentials" else _old(context)
from tests.test_access import *
