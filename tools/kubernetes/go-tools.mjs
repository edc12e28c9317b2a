// The servers of the test cluster that are built from Go modules, in the order in which a test run
// wants them: unit tests use MinIO alone, and the schema tier is the next two.

/**
 * `sum` and `modSum` are the module's lines in go.sum. What it requires is checked against its own
 * go.sum and go/NAME.sum, so that these pin the whole build.
 *
 * @typedef {object} GoTool
 * @property {string} name of the program and of its file in the cache
 * @property {string} module
 * @property {string} version
 * @property {string} sum
 * @property {string} modSum
 * @property {string} [path] package of the module to build; the module's root without it
 * @property {string} [main] folder beside this file with a main package to build instead
 * @property {string} [staging] version of the modules that the module replaces by folders of its own
 * @property {Record<string, string>} [set] variables to set when linking
 * @property {string[]} [links] names under which the program is called
 * @property {number} seconds of CPU that the build takes, more or less
 */

/** @type {readonly GoTool[]} */
export const GO_TOOLS = [
  {
    name: "minio",
    module: "github.com/minio/minio",
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    sum: "h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA=",
    modSum: "h1:yCWDkwWO9IWpGsT4mreDDN/B/QVmK2zC666uInRAcqE=",
    seconds: 272,
  },
  {
    name: "etcd",
    module: "go.etcd.io/etcd/server/v3",
    version: "v3.5.21",
    sum: "h1:9w0/k12majtgarGmlMVuhwXRI2ob3/d1Ik3X5TKo0yU=",
    modSum: "h1:G1mOzdwuzKT1VRL7SqRchli/qcFrtLBTAQ4lV20sXXo=",
    seconds: 41,
  },
  {
    name: "kubernetes",
    module: "k8s.io/kubernetes",
    version: "v1.34.4",
    sum: "h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=",
    modSum: "h1:m6pZk6a179pRo2wsTiCPORJ86iOEQmfIzUvtyEF8BwA=",
    main: "kubernetes",
    staging: "v0.34.4",
    set: { "k8s.io/component-base/version.gitVersion": "v1.34.4" },
    links: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kubectl",
    ],
    seconds: 645,
  },
  {
    name: "spark-operator",
    module: "github.com/kubeflow/spark-operator/v2",
    version: "v2.3.0",
    sum: "h1:cYN/331gwkdZ0S/ai72JQoUv7UK52O2OQOWFpl8XhPc=",
    modSum: "h1:0BUYbACCOaIAUT7t0kVmsSstxF7lf5xRtZPyoaMfJAU=",
    path: "cmd/operator",
    seconds: 189,
  },
  {
    name: "coredns",
    module: "github.com/coredns/coredns",
    version: "v1.12.4",
    sum: "h1:rIMnjPvB02drP18DTlJJb1vGkc8Tyl8fe7NFnnSv2lU=",
    modSum: "h1:TxzroErfdIKzIwSJUX2VT9NqlZ1RZ3jqIzs3fQ1shmY=",
    main: "coredns",
    seconds: 124,
  },
  {
    name: "crane",
    module: "github.com/google/go-containerregistry",
    version: "v0.20.6",
    sum: "h1:cvWX87UxxLgaH76b4hIvya6Dzz9qHB31qAwjAohdSTU=",
    modSum: "h1:T0x8MuoAoKX/873bkeSfLD2FAkwCDf9/HZgsFJ02E2Y=",
    path: "cmd/crane",
    seconds: 11,
  },
];
