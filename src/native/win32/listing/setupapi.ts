import type { Bound } from '../../ffi.ts'
import { bindWindows } from '../bind.ts'

const setupapiTable = {
  SetupDiGetClassDevsW: {
    returns: 'HANDLE',
    takes: ['pointer ClassGuid', 'LPCWSTR Enumerator', 'HANDLE hwndParent', 'DWORD Flags'],
  },
  SetupDiCreateDeviceInfoList: { returns: 'HANDLE', takes: ['pointer ClassGuid', 'HANDLE hwndParent'] },
  SetupDiDestroyDeviceInfoList: { returns: 'BOOL', takes: ['HANDLE DeviceInfoSet'] },
  SetupDiOpenDeviceInfoW: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'LPCWSTR DeviceInstanceId',
      'HANDLE hwndParent',
      'DWORD OpenFlags',
      'pointer DeviceInfoData',
    ],
  },
  SetupDiEnumDeviceInfo: {
    returns: 'BOOL',
    takes: ['HANDLE DeviceInfoSet', 'DWORD MemberIndex', 'pointer DeviceInfoData'],
  },
  SetupDiEnumDeviceInterfaces: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInfoData',
      'pointer InterfaceClassGuid',
      'DWORD MemberIndex',
      'pointer DeviceInterfaceData',
    ],
  },
  SetupDiGetDeviceInterfaceDetailW: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInterfaceData',
      'pointer DeviceInterfaceDetailData',
      'DWORD DeviceInterfaceDetailDataSize',
      'pointer RequiredSize',
      'pointer DeviceInfoData',
    ],
  },
  SetupDiGetDeviceInstanceIdW: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInfoData',
      'pointer DeviceInstanceId',
      'DWORD DeviceInstanceIdSize',
      'pointer RequiredSize',
    ],
  },
  SetupDiGetDeviceRegistryPropertyW: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInfoData',
      'DWORD Property',
      'pointer PropertyRegDataType',
      'pointer PropertyBuffer',
      'DWORD PropertyBufferSize',
      'pointer RequiredSize',
    ],
  },
  SetupDiGetDevicePropertyW: {
    returns: 'BOOL',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInfoData',
      'pointer PropertyKey',
      'pointer PropertyType',
      'pointer PropertyBuffer',
      'DWORD PropertyBufferSize',
      'pointer RequiredSize',
      'DWORD Flags',
    ],
  },
  SetupDiOpenDevRegKey: {
    returns: 'HANDLE',
    takes: [
      'HANDLE DeviceInfoSet',
      'pointer DeviceInfoData',
      'DWORD Scope',
      'DWORD HwProfile',
      'DWORD KeyType',
      'DWORD samDesired',
    ],
  },
} as const

/** Source: Microsoft Learn, "Setupapi.h header". */
export const setupapi: Bound<typeof setupapiTable> = bindWindows('setupapi.dll', setupapiTable)

const advapi32Table = {
  RegOpenKeyExW: {
    returns: 'DWORD',
    takes: ['HANDLE hKey', 'LPCWSTR lpSubKey', 'DWORD ulOptions', 'DWORD samDesired', 'pointer phkResult'],
  },
  RegCloseKey: { returns: 'DWORD', takes: ['HANDLE hKey'] },
  RegQueryValueExW: {
    returns: 'DWORD',
    takes: [
      'HANDLE hKey',
      'LPCWSTR lpValueName',
      'pointer lpReserved',
      'pointer lpType',
      'pointer lpData',
      'pointer lpcbData',
    ],
  },
  RegEnumValueW: {
    returns: 'DWORD',
    takes: [
      'HANDLE hKey',
      'DWORD dwIndex',
      'pointer lpValueName',
      'pointer lpcchValueName',
      'pointer lpReserved',
      'pointer lpType',
      'pointer lpData',
      'pointer lpcbData',
    ],
  },
} as const

/** Source: Microsoft Learn, "Winreg.h header". */
export const advapi32: Bound<typeof advapi32Table> = bindWindows('advapi32.dll', advapi32Table)
