export default function Bench() {
  return null
}
