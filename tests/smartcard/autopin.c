/* A PKCS #11 module in front of SoftHSM that enters the PIN by itself, since a headless browser has nowhere to ask for it. */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

static CK_FUNCTION_LIST shim, *real;

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
  CK_RV result = real->C_OpenSession(slot, flags, application, notify, session);
  char *pin = getenv("AUTOPIN");
  if (result == CKR_OK) real->C_Login(*session, CKU_USER, (unsigned char *)pin, strlen(pin));
  return result;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  CK_RV result = real->C_GetTokenInfo(slot, info);
  info->flags &= ~CKF_LOGIN_REQUIRED;
  return result;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW), "C_GetFunctionList");
  CK_RV result = get(&real);
  shim = *real;
  shim.C_OpenSession = open_session;
  shim.C_GetTokenInfo = token_info;
  *list = &shim;
  return result;
}
