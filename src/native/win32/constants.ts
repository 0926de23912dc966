/**
 * Constants of the Win32 calls, all unsigned. Sources: Microsoft Learn, the page named in each heading; the numbers
 * are those of winnt.h, winbase.h and fileapi.h.
 */

// "Generic Access Rights" and "Standard Access Rights".
export const GENERIC_READ = 0x80000000
export const GENERIC_WRITE = 0x40000000
export const GENERIC_EXECUTE = 0x20000000
export const GENERIC_ALL = 0x10000000
export const DELETE = 0x00010000
export const READ_CONTROL = 0x00020000
export const WRITE_DAC = 0x00040000
export const WRITE_OWNER = 0x00080000
export const SYNCHRONIZE = 0x00100000
export const STANDARD_RIGHTS_REQUIRED = 0x000f0000

// "CreateFileW": dwShareMode, dwCreationDisposition.
export const FILE_SHARE_READ = 0x1
export const FILE_SHARE_WRITE = 0x2
export const FILE_SHARE_DELETE = 0x4
export const CREATE_NEW = 1
export const CREATE_ALWAYS = 2
export const OPEN_EXISTING = 3
export const OPEN_ALWAYS = 4
export const TRUNCATE_EXISTING = 5

// "File Attribute Constants".
export const FILE_ATTRIBUTE_READONLY = 0x1
export const FILE_ATTRIBUTE_HIDDEN = 0x2
export const FILE_ATTRIBUTE_SYSTEM = 0x4
export const FILE_ATTRIBUTE_DIRECTORY = 0x10
export const FILE_ATTRIBUTE_ARCHIVE = 0x20
export const FILE_ATTRIBUTE_DEVICE = 0x40
export const FILE_ATTRIBUTE_NORMAL = 0x80
export const FILE_ATTRIBUTE_TEMPORARY = 0x100
export const FILE_ATTRIBUTE_SPARSE_FILE = 0x200
export const FILE_ATTRIBUTE_REPARSE_POINT = 0x400
export const FILE_ATTRIBUTE_COMPRESSED = 0x800
export const FILE_ATTRIBUTE_OFFLINE = 0x1000
export const FILE_ATTRIBUTE_NOT_CONTENT_INDEXED = 0x2000
export const FILE_ATTRIBUTE_ENCRYPTED = 0x4000
export const FILE_ATTRIBUTE_INTEGRITY_STREAM = 0x8000
export const FILE_ATTRIBUTE_VIRTUAL = 0x10000
export const FILE_ATTRIBUTE_NO_SCRUB_DATA = 0x20000
export const FILE_ATTRIBUTE_RECALL_ON_OPEN = 0x40000
export const FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS = 0x400000

// "CreateFileW": dwFlagsAndAttributes.
export const FILE_FLAG_WRITE_THROUGH = 0x80000000
export const FILE_FLAG_OVERLAPPED = 0x40000000
export const FILE_FLAG_NO_BUFFERING = 0x20000000
export const FILE_FLAG_RANDOM_ACCESS = 0x10000000
export const FILE_FLAG_SEQUENTIAL_SCAN = 0x08000000
export const FILE_FLAG_DELETE_ON_CLOSE = 0x04000000
export const FILE_FLAG_BACKUP_SEMANTICS = 0x02000000
export const FILE_FLAG_POSIX_SEMANTICS = 0x01000000
export const FILE_FLAG_SESSION_AWARE = 0x00800000
export const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
export const FILE_FLAG_OPEN_NO_RECALL = 0x00100000
export const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x00080000

// "GetFileType".
export const FILE_TYPE_UNKNOWN = 0
export const FILE_TYPE_DISK = 1
export const FILE_TYPE_CHAR = 2
export const FILE_TYPE_PIPE = 3
export const FILE_TYPE_REMOTE = 0x8000

// "FindFirstChangeNotificationW".
export const FILE_NOTIFY_CHANGE_FILE_NAME = 0x1
export const FILE_NOTIFY_CHANGE_DIR_NAME = 0x2
export const FILE_NOTIFY_CHANGE_ATTRIBUTES = 0x4
export const FILE_NOTIFY_CHANGE_SIZE = 0x8
export const FILE_NOTIFY_CHANGE_LAST_WRITE = 0x10
export const FILE_NOTIFY_CHANGE_SECURITY = 0x100

// "WaitForSingleObject", "WaitForMultipleObjectsEx", "Synchronization Object Security and Access Rights".
export const INFINITE = 0xffffffff
export const WAIT_OBJECT_0 = 0
export const WAIT_ABANDONED = 0x80
export const WAIT_ABANDONED_0 = 0x80
export const WAIT_IO_COMPLETION = 0xc0
export const WAIT_TIMEOUT = 258
export const WAIT_FAILED = 0xffffffff
export const MAXIMUM_WAIT_OBJECTS = 64
export const EVENT_MODIFY_STATE = 0x2
export const EVENT_ALL_ACCESS = 0x1f0003
export const MUTEX_MODIFY_STATE = 0x1
export const MUTEX_ALL_ACCESS = 0x1f0001
export const SEMAPHORE_MODIFY_STATE = 0x2
export const SEMAPHORE_ALL_ACCESS = 0x1f0003
export const TIMER_QUERY_STATE = 0x1
export const TIMER_MODIFY_STATE = 0x2
export const TIMER_ALL_ACCESS = 0x1f0003

// "COMMTIMEOUTS".
export const MAXDWORD = 0xffffffff

// "DCB": BaudRate, fDtrControl, fRtsControl, Parity, StopBits.
export const CBR_110 = 110
export const CBR_300 = 300
export const CBR_600 = 600
export const CBR_1200 = 1200
export const CBR_2400 = 2400
export const CBR_4800 = 4800
export const CBR_9600 = 9600
export const CBR_14400 = 14400
export const CBR_19200 = 19200
export const CBR_38400 = 38400
export const CBR_56000 = 56000
export const CBR_57600 = 57600
export const CBR_115200 = 115200
export const CBR_128000 = 128000
export const CBR_256000 = 256000
export const DTR_CONTROL_DISABLE = 0
export const DTR_CONTROL_ENABLE = 1
export const DTR_CONTROL_HANDSHAKE = 2
export const RTS_CONTROL_DISABLE = 0
export const RTS_CONTROL_ENABLE = 1
export const RTS_CONTROL_HANDSHAKE = 2
export const RTS_CONTROL_TOGGLE = 3
export const NOPARITY = 0
export const ODDPARITY = 1
export const EVENPARITY = 2
export const MARKPARITY = 3
export const SPACEPARITY = 4
export const ONESTOPBIT = 0
export const ONE5STOPBITS = 1
export const TWOSTOPBITS = 2

// "SetCommMask".
export const EV_RXCHAR = 0x1
export const EV_RXFLAG = 0x2
export const EV_TXEMPTY = 0x4
export const EV_CTS = 0x8
export const EV_DSR = 0x10
export const EV_RLSD = 0x20
export const EV_BREAK = 0x40
export const EV_ERR = 0x80
export const EV_RING = 0x100
export const EV_PERR = 0x200
export const EV_RX80FULL = 0x400
export const EV_EVENT1 = 0x800
export const EV_EVENT2 = 0x1000

// "PurgeComm".
export const PURGE_TXABORT = 0x1
export const PURGE_RXABORT = 0x2
export const PURGE_TXCLEAR = 0x4
export const PURGE_RXCLEAR = 0x8

// "EscapeCommFunction".
export const SETXOFF = 1
export const SETXON = 2
export const SETRTS = 3
export const CLRRTS = 4
export const SETDTR = 5
export const CLRDTR = 6
export const RESETDEV = 7
export const SETBREAK = 8
export const CLRBREAK = 9

// "GetCommModemStatus".
export const MS_CTS_ON = 0x10
export const MS_DSR_ON = 0x20
export const MS_RING_ON = 0x40
export const MS_RLSD_ON = 0x80

// "ClearCommError"; the printer's, from CE_PTO on, are of winbase.h alone.
export const CE_RXOVER = 0x1
export const CE_OVERRUN = 0x2
export const CE_RXPARITY = 0x4
export const CE_FRAME = 0x8
export const CE_BREAK = 0x10
export const CE_TXFULL = 0x100
export const CE_PTO = 0x200
export const CE_IOE = 0x400
export const CE_DNS = 0x800
export const CE_OOP = 0x1000
export const CE_MODE = 0x8000

// "COMMPROP": dwProvSubType, dwProvCapabilities, dwSettableParams, dwMaxBaud.
export const PST_UNSPECIFIED = 0
export const PST_RS232 = 1
export const PST_PARALLELPORT = 2
export const PST_RS422 = 3
export const PST_RS423 = 4
export const PST_RS449 = 5
export const PST_MODEM = 6
export const PCF_DTRDSR = 0x1
export const PCF_RTSCTS = 0x2
export const PCF_RLSD = 0x4
export const PCF_PARITY_CHECK = 0x8
export const PCF_XONXOFF = 0x10
export const PCF_SETXCHAR = 0x20
export const PCF_TOTALTIMEOUTS = 0x40
export const PCF_INTTIMEOUTS = 0x80
export const PCF_SPECIALCHARS = 0x100
export const PCF_16BITMODE = 0x200
export const SP_PARITY = 0x1
export const SP_BAUD = 0x2
export const SP_DATABITS = 0x4
export const SP_STOPBITS = 0x8
export const SP_HANDSHAKING = 0x10
export const SP_PARITY_CHECK = 0x20
export const SP_RLSD = 0x40
export const BAUD_USER = 0x10000000
