"""The tables of credentials, gathered from the modules that own them."""

from gilde.credentials.models.achievements import Achievement, AchievementOutcome, Kind
from gilde.credentials.models.awards import OUT, Award, Holder, Rendering, State
from gilde.credentials.models.batches import Batch, BatchRow
from gilde.credentials.models.direct import Direct
from gilde.credentials.models.holding import Folder, Invitation, Kept, Offer, Request, Share, ShareUse, token
from gilde.credentials.models.issuers import Issuer, Key, Layout, Suite
from gilde.credentials.models.lists import PublishedList, StatusList
from gilde.credentials.models.log import Checkpoint, LogHead, LogLeaf, LogNode
from gilde.credentials.models.trust import CheckCount, TrustedIssuer, TrustList

__all__ = [
    "OUT",
    "Achievement",
    "AchievementOutcome",
    "Award",
    "Batch",
    "BatchRow",
    "CheckCount",
    "Checkpoint",
    "Direct",
    "Folder",
    "Holder",
    "Invitation",
    "Issuer",
    "Kept",
    "Key",
    "Kind",
    "Layout",
    "LogHead",
    "LogLeaf",
    "LogNode",
    "Offer",
    "PublishedList",
    "Rendering",
    "Request",
    "Share",
    "ShareUse",
    "State",
    "StatusList",
    "Suite",
    "TrustList",
    "TrustedIssuer",
    "token",
]
