// What Wine 8 lacks of cfgmgr32.dll: notifications of devices, by the prototypes and structures of mingw-w64's header, from
// a thread of its own, as Windows does it. Not under that name: Wine takes its own library then. Fake_Notify plays a device that comes or goes.
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <cfgmgr32.h>

#define MOST 16

static struct {
  GUID interface_class;
  void *context;
  PCM_NOTIFY_CALLBACK callback;
} registered[MOST];
static volatile LONG count;

// Calls that have returned, and the sum of what they returned.
static volatile LONG returned, results;

__declspec(dllexport) CONFIGRET WINAPI CM_Register_Notification(CM_NOTIFY_FILTER *filter, void *context,
                                                                PCM_NOTIFY_CALLBACK callback,
                                                                HCMNOTIFICATION *notification) {
  if (filter->cbSize != sizeof *filter || filter->Reserved != 0) return CR_INVALID_DATA;
  if (filter->Flags != 0 || filter->FilterType != CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE) return CR_INVALID_DATA;
  if (callback == NULL || notification == NULL || count == MOST) return CR_INVALID_POINTER;
  registered[count].interface_class = filter->u.DeviceInterface.ClassGuid;
  registered[count].context = context;
  registered[count].callback = callback;
  *notification = (HCMNOTIFICATION)&registered[count];
  InterlockedIncrement(&count);
  return CR_SUCCESS;
}

struct event {
  GUID interface_class;
  CM_NOTIFY_ACTION action;
};

static DWORD WINAPI notify(void *argument) {
  struct event event = *(struct event *)argument;
  HeapFree(GetProcessHeap(), 0, argument);
  struct {
    CM_NOTIFY_EVENT_DATA data;
    WCHAR rest[32];
  } memory = {0};
  memory.data.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE;
  memory.data.u.DeviceInterface.ClassGuid = event.interface_class;
  lstrcpyW(memory.data.u.DeviceInterface.SymbolicLink, L"\\\\?\\fake");
  for (LONG i = 0; i < count; i++) {
    if (!IsEqualGUID(&registered[i].interface_class, &event.interface_class)) continue;
    DWORD result = registered[i].callback((HCMNOTIFICATION)&registered[i], registered[i].context, event.action,
                                          &memory.data, sizeof memory);
    InterlockedExchangeAdd(&results, (LONG)result);
    InterlockedIncrement(&returned);
  }
  return 0;
}

// A device with this interface comes (0) or goes (1). Returns at once.
__declspec(dllexport) BOOL WINAPI Fake_Notify(const GUID *interface_class, DWORD action) {
  struct event *event = HeapAlloc(GetProcessHeap(), 0, sizeof *event);
  event->interface_class = *interface_class;
  event->action = (CM_NOTIFY_ACTION)action;
  HANDLE thread = CreateThread(NULL, 0, notify, event, 0, NULL);
  return thread != NULL && CloseHandle(thread);
}

__declspec(dllexport) DWORD WINAPI Fake_Registered(void) { return (DWORD)count; }
__declspec(dllexport) DWORD WINAPI Fake_Returned(void) { return (DWORD)returned; }
__declspec(dllexport) DWORD WINAPI Fake_Results(void) { return (DWORD)results; }
