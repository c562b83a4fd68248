export { k3sEtcdSnapshot } from './etcd-snapshot.ts'
export { helm } from './helm.ts'
export { kubectlApply } from './kubectl-apply.ts'
export { k3sNode } from './node.ts'
