export default {
  intro: '',
} as const
