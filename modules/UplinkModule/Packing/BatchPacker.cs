using EdgeModules.Messages.Batches;
using EdgeModules.Messages;

namespace EdgeModules.Uplink.Packing;

/// <param name="Members">How many, from the first on, are in it.</param>
/// <param name="Bytes">Body and properties, as IoT Hub meters.</param>
internal sealed record PackedBatch(BatchHeader Header, ReadOnlyMemory<byte> Body, int Members, int Bytes)
{
    /// <summary>Blocks of 4 KB for which IoT Hub will charge.</summary>
    public int Units => MeteredUnit.CountOf(Bytes);
}

/// <summary>
/// Finds where a batch ends: at the last message with which it still fits a number of metered units, compressed. How well messages compress is known only when
/// it was done, so it is tried when the last try says that it may be full by now.
/// </summary>
internal sealed class BatchPacker
{
    /// <summary>Of the first try; what the modules send compresses better.</summary>
    private const double FirstRatio = 3;

    private const double Margin = 1.25;

    private double _ratio = FirstRatio;

    /// <param name="waiting">In order; not empty.</param>
    /// <param name="rawBytes">Of all of them.</param>
    /// <param name="units">1 to 63.</param>
    /// <param name="isDue">Whether the batch goes though it is not full.</param>
    /// <returns>Null when there is nothing to seal yet. A first message that is larger than the units has a batch of its own, however large.</returns>
    public PackedBatch? Pack(string id, string priority, IReadOnlyList<TailMember> waiting, long rawBytes, int units, BatchCompression compression, bool isDue)
    {
        var most = units * MeteredUnit.Bytes;
        if (!isDue && rawBytes < most * (compression == BatchCompression.None ? 1 : _ratio)) return null;

        // Of many that wait, as when the disk refused for long, only so many are looked at as will be too many.
        var count = Reach(waiting, most * (compression == BatchCompression.None ? 1 : _ratio) * Margin);
        var all = Seal(count);
        while (all.Bytes <= most && count < waiting.Count)
        {
            count = Math.Min(waiting.Count, count + (count / 2) + 1);
            all = Seal(count);
        }

        if (compression != BatchCompression.None) _ratio = Math.Max(1, (double)waiting.Take(count).Sum(member => (long)member.Encoded.Length) / all.Bytes);
        if (all.Bytes <= most) return isDue ? all : null;

        // By proportion, which is seldom far off; every third try halves, for messages of very unlike sizes.
        var (fits, tooMany) = ((Count: 0, Bytes: 0), (Count: count, all.Bytes));
        PackedBatch? best = null;
        for (var tries = 1; tooMany.Count - fits.Count > 1; tries++)
        {
            var between = tooMany.Count - fits.Count;
            var share = tries % 3 == 0 ? 0.5 : (double)(most - fits.Bytes) / (tooMany.Bytes - fits.Bytes);
            var batch = Seal(Math.Clamp(fits.Count + (int)(between * share), fits.Count + 1, tooMany.Count - 1));
            if (batch.Bytes <= most) (fits, best) = ((batch.Members, batch.Bytes), batch);
            else tooMany = (batch.Members, batch.Bytes);
        }

        return best ?? Seal(1);

        PackedBatch Seal(int members) => BatchPacker.Seal(id, priority, waiting, members, compression);
    }

    /// <summary>The first message alone.</summary>
    public static PackedBatch PackFirst(string id, string priority, IReadOnlyList<TailMember> waiting, BatchCompression compression) =>
        Seal(id, priority, waiting, 1, compression);

    /// <returns>How many, from the first on, have that many bytes, or all.</returns>
    private static int Reach(IReadOnlyList<TailMember> waiting, double bytes)
    {
        var (count, sum) = (0, 0L);
        while (count < waiting.Count && sum < bytes) sum += waiting[count++].Encoded.Length;
        return count;
    }

    private static PackedBatch Seal(string id, string priority, IReadOnlyList<TailMember> waiting, int members, BatchCompression compression)
    {
        var count = waiting.Take(members).Sum(member => (long)member.Count);
        var header = new BatchHeader(id, priority, count, waiting[0].AcceptedAt, waiting[members - 1].AcceptedAt);
        var body = BatchCodec.Encode(header, waiting.Take(members).Select(member => member.Encoded), compression);
        return new PackedBatch(header, body, members, BatchMessage.BytesOf(BatchMessage.Of(header, body, compression)));
    }
}
