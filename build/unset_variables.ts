/**
 * Variables that node and its parts OpenSSL, ICU and libuv read from the environment: files to load or write, and
 * switches. No hook needs them, and libvirt does not pass them on (vircommand.c, virCommandAddEnvPassCommon). Root
 * with the environment of an ordinary user (`su`, `sudo -E`) must not run that user's code. Sources: node(1) and
 * cli.md of node 18 to 24, openssl-env(7), libuv's guide, ICU's putil.cpp.
 */
export const UNSET_VARIABLES: readonly string[] = [
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_CLUSTER_SCHED_POLICY',
  'NODE_COMPILE_CACHE',
  'NODE_COMPILE_CACHE_PORTABLE',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_DISABLE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'NODE_ICU_DATA',
  'NODE_NO_WARNINGS',
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_PENDING_DEPRECATION',
  'NODE_PENDING_PIPE_INSTANCES',
  'NODE_PRESERVE_SYMLINKS',
  'NODE_PRESERVE_SYMLINKS_MAIN',
  'NODE_REDIRECT_WARNINGS',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_REPL_HISTORY',
  'NODE_SKIP_PLATFORM_CHECK',
  'NODE_TEST_CONTEXT',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_UNIQUE_ID',
  'NODE_USE_ENV_PROXY',
  'NODE_USE_SYSTEM_CA',
  'NODE_V8_COVERAGE',
  'OPENSSL_CONF',
  'OPENSSL_CONF_INCLUDE',
  'OPENSSL_ENGINES',
  'OPENSSL_MODULES',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'ICU_DATA',
  'ICU_TIMEZONE_FILES_DIR',
  'UV_THREADPOOL_SIZE',
  'UV_USE_IO_URING',
  // Only the header of a dispatcher may set this variable for its node.
  'KVMVLAN_START',
];
