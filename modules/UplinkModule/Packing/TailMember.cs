using EdgeModules.Messages.Batches;

namespace EdgeModules.Uplink.Packing;

/// <summary>A message that waits for its batch.</summary>
/// <param name="Id">Its own message id.</param>
/// <param name="Encoded">As <see cref="BatchCodec.EncodeMember"/> gave it.</param>
/// <param name="Count">Readings or items.</param>
/// <param name="Units">For which IoT Hub would charge if it went alone.</param>
/// <param name="AcceptedAt">Unix milliseconds.</param>
internal sealed record TailMember(string Id, ReadOnlyMemory<byte> Encoded, int Count, int Units, long AcceptedAt);
