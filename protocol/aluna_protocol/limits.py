"""Every bound of the protocol, with its reason (SPEC §12)."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * 1024

# Frames and messages
MAX_NOISE_MESSAGE: Final = 65_535
"""Noise's own limit for one transport message, tag included."""
MAX_CONTROL_MESSAGE: Final = 64 * KIB
"""Everything but a batch: parsing 64 KiB of hostile msgpack costs at most 5 MB."""
MAX_MESSAGE: Final = 2 * MIB
"""A batch: one entry of the largest size and its frame always fit."""
FRAME_BUCKET: Final = 256
"""The smallest frame; larger ones have few sizes, so that they tell little (SPEC §8.5)."""

# Entries
MAX_PARTS: Final = 512
"""Documents one entry may touch; 64 KiB of small records stay below it."""
MAX_ENTRY_BYTES: Final = 1 * MIB
"""All parts together: bounds what one signature makes a peer hold."""
MAX_PART_BYTES: Final = 1 * MIB
MAX_PART_PLAINTEXT: Final = 4 * MIB
"""What a part may inflate to: a long assembly's minutes are far below it."""
MAX_CHANGES_PER_PART: Final = 4096
SEAL_AT_BYTES: Final = 64 * KIB
"""Pending edits are sealed at this size even when nobody is there."""
MAX_HEIGHT: Final = 2**32
"""No person writes four thousand million entries; a larger height is a lie."""
MAX_CONTROL_HEIGHT: Final = 2**14
"""Control entries of one log: four a day for eleven years; more of them is an attack."""
MAX_MEMBERSHIP_HEADS: Final = 64
"""More concurrent membership acts than devices that could make them."""
MAX_CONTROL_BODY: Final = 256 * KIB
"""A rotation for 1,000 devices."""
MAX_NAME_BYTES: Final = 256
"""A name of a person, device or collective in UTF-8: sixty-four of the widest letters."""
MAX_CUT_MARKS: Final = 2048
"""Logs and branches a removal names: 64 incarnations of 32 devices; 150 KB."""
MAX_DEVICES: Final = 1024
"""Devices of one space, removed ones included; and boxes of one rekey or share."""
MAX_BRANCHES: Final = 64
"""Branches of one log its author may bring: a copy restored so often that met nobody between. From
others `MAX_DEVICES` times as many: what each device took of the author, all of them get."""
MAX_LOGS_PER_DEVICE: Final = 128
"""Logs of one device it may bring itself: a vault restored sixty times. From others more, as
above."""
MAX_UNKNOWN_LOGS: Final = 16_384
"""Logs a peer may tell that we lack: eight incarnations of 1,024 devices; 8 MB of memory."""
MAX_UNKNOWN_TIPS: Final = 65_536
"""Their tips that are remembered, others are told in the next session: 20 MB of memory."""

# Sessions
MAX_SPACES: Final = 64
"""Space tags are padded to 16, 32 or 64 of them."""
BATCH_BYTES: Final = 64 * KIB
"""Aim for one batch: small enough that the first records are readable at once."""
BATCH_WINDOW: Final = 16
"""Batches under way without acknowledgement: 1 MiB in flight keeps a Wi-Fi busy."""
MAX_BATCH_BYTES: Final = 1 * MIB
"""Several entries in one batch: whoever was sent them can always send them on at once."""
MAX_BATCH_LINKS: Final = 4096
"""Entries of one batch: more than 64 KiB of the smallest ones."""
MAX_BATCH_PARTS: Final = 65_536
"""A part takes 36 bytes at least, so a batch cannot hold more; bounds what parsing builds."""
MAX_ANCHORS: Final = 32
"""Doubling distances reach over any log: 31 of them, and its beginning."""
MAX_RESENDS: Final = 4
"""Batches of a log asked for again before any was acknowledged: entries may overtake their past."""
WANT_WINDOW: Final = 16
"""Logs asked of one peer at once; the others may be asked of somebody else meanwhile."""
WITHHELD_SECONDS: Final = 30.0
"""Without a new entry for so long a log is asked of another: 2 MiB at 70 KiB a second."""
RETRY_SECONDS: Final = 60.0
"""Before a peer is asked again for what it withheld; doubled each time."""
MAX_RETRY_SECONDS: Final = 3600.0
MAX_REMEMBERED_FAULTS: Final = 4096
"""Withheld logs remembered; the oldest are asked for again sooner."""
IDLE_WINDOW_SECONDS: Final = 10.0
MAX_IDLE_MESSAGES: Final = 1000
"""Messages in that time that bring nothing: a peer who says so many is not talking with us."""
GREETING_SECONDS: Final = 60.0
"""A peer whose inventory has not ended by then keeps us from sealing: it is hung up on."""
REKEY_MESSAGES: Final = 2**16
REKEY_SECONDS: Final = 600.0
SESSION_SECONDS: Final = 12 * 3600.0
HANDSHAKE_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = (5.0, 15.0)
"""An unknown peer is read and dropped for a random time between these, then closed."""
MAX_HALF_OPEN: Final = 64
MAX_HALF_OPEN_PER_SOURCE: Final = 8
MAX_INTRODUCING_EPOCHS: Final = 64
"""Epochs of one space under which somebody unknown may introduce itself, the deepest."""
MAX_CANDIDATES: Final = 4096
"""Hints compared for one stranger: 2 µs each, so that a probe costs 8 ms at most."""
KEEPALIVE_SECONDS: Final = 20.0
PEER_SILENT_SECONDS: Final = 60.0
"""A session without a sound for so long is dead: three keep-alives missed."""

# The door
DOOR_SECONDS: Final = 600.0
DOOR_FAILURES: Final = 20
"""Wrong words before the door closes by itself."""
DOOR_WORDS: Final = 5
"""Five words of 2,048: 55 bits, guessed only while the door is open."""
DOOR_ARGON_PASSES: Final = 3
DOOR_ARGON_MEMORY: Final = 64 * MIB

# Announcements
TAG_SLOTS: Final = 64
TAG_BYTES: Final = 8
TAG_WINDOW_SECONDS: Final = 900.0
TAG_WINDOWS_EACH_WAY: Final = 8
"""Two hours of clock error are still recognised."""
MAX_REMEMBERED_ANNOUNCEMENTS: Final = 64
MAX_TXT_BYTES: Final = 1300
DIAL_INTERVAL_SECONDS: Final = 30.0
MAX_HALF_OPEN_DIALS: Final = 8

# Bundles
BUNDLE_CHUNK_BYTES: Final = 64 * KIB
"""Opened at once: a file of any size is read in constant memory."""
BUNDLE_BOXES: Final = 64
"""The table has a multiple of them, whoever it is for."""
MAX_BUNDLE_BOXES: Final = 4096
"""A tenth of a millisecond each: a file made to be slow costs half a second."""
MAX_BUNDLE_BYTES: Final = 2 * 1024 * MIB
"""Far beyond any journal of words; what an old file system on a stick can hold."""
BUNDLE_GAP_BYTES: Final = 4 * KIB
"""Before each section, so that sections never stand where another must end."""
BUNDLE_FILLER_BYTES: Final = 16 * KIB
"""At the end of a small file: a few records of a circle disappear in it."""
