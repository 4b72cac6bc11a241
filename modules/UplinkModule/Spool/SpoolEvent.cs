using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.State;
using EdgeModules.Uplink.Packing;
using EdgeModules.Uplink.Sending;

namespace EdgeModules.Uplink.Spool;

/// <summary>What happened to the spool: its state is what a row of these leaves, while the module runs and when it is read again.</summary>
internal abstract record SpoolEvent
{
    // Part of the saved state.
    private const int AcceptedKind = 1;
    private const int SealedKind = 2;
    private const int DroppedKind = 3;
    private const int SentKind = 4;
    private const int RemovedKind = 5;
    private const int AdoptedKind = 6;
    private const int ConnectivityKind = 7;
    private const int CostKind = 8;
    private const int NumberedKind = 9;

    public static SpoolEvent Read(ref CompactReader reader)
    {
        var kind = reader.ReadCount(NumberedKind);
        switch (kind)
        {
            case AcceptedKind:
                var lane = ReadLane(ref reader);
                var (id, encoded) = (reader.ReadName(), reader.ReadBytes().ToArray());
                return new Accepted(lane, new TailMember(id, encoded, reader.ReadCount(int.MaxValue), reader.ReadCount(int.MaxValue), reader.Read()));
            case SealedKind:
                return new Sealed(StoredBatch.Read(ref reader));
            case DroppedKind:
                return new Dropped(ReadLane(ref reader), reader.ReadCount(int.MaxValue));
            case SentKind:
                return new Sent(ReadLane(ref reader), reader.Read(), reader.Read());
            case RemovedKind:
                return new Removed(ReadLane(ref reader), reader.Read());
            case AdoptedKind:
                return new Adopted(StoredBatch.Read(ref reader));
            case ConnectivityKind:
                return new Connectivity((ConnectivityState)reader.ReadCount((int)ConnectivityState.Offline), reader.Read());
            case CostKind:
                return new Cost(DayCost.Read(ref reader));
            case NumberedKind:
                return new Numbered(ReadLane(ref reader), reader.Read());
            default:
                throw new InvalidDataException($"The saved state has an event of the kind {kind}; it must be 1 to {NumberedKind}.");
        }
    }

    public abstract void Write(CompactWriter writer);

    private static Lane ReadLane(ref CompactReader reader) => (Lane)reader.ReadCount((int)Lane.Low);

    private static void Write(CompactWriter writer, int kind, Lane lane, long number)
    {
        writer.Write(kind);
        writer.Write((long)lane);
        writer.Write(number);
    }

    /// <summary>A message waits for its batch.</summary>
    public sealed record Accepted(Lane Lane, TailMember Member) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            writer.Write(AcceptedKind);
            writer.Write((long)Lane);
            writer.Write(Member.Id);
            writer.Write(Member.Encoded.Span);
            writer.Write(Member.Count);
            writer.Write(Member.Units);
            writer.Write(Member.AcceptedAt);
        }
    }

    /// <summary>The first messages that waited are a batch now, which is on the disk.</summary>
    public sealed record Sealed(StoredBatch Batch) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            writer.Write(SealedKind);
            Batch.Write(writer);
        }
    }

    /// <summary>The first messages that waited will never be in a batch.</summary>
    public sealed record Dropped(Lane Lane, int Members) : SpoolEvent
    {
        public override void Write(CompactWriter writer) => Write(writer, DroppedKind, Lane, Members);
    }

    /// <param name="At">Unix milliseconds.</param>
    public sealed record Sent(Lane Lane, long Number, long At) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            Write(writer, SentKind, Lane, Number);
            writer.Write(At);
        }
    }

    /// <summary>A batch is gone that was not sent.</summary>
    public sealed record Removed(Lane Lane, long Number) : SpoolEvent
    {
        public override void Write(CompactWriter writer) => Write(writer, RemovedKind, Lane, Number);
    }

    /// <summary>A batch on the disk of which the journal, begun anew after damage, did not know.</summary>
    public sealed record Adopted(StoredBatch Batch) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            writer.Write(AdoptedKind);
            Batch.Write(writer);
        }
    }

    /// <param name="Since">Unix milliseconds.</param>
    public sealed record Connectivity(ConnectivityState State, long Since) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            writer.Write(ConnectivityKind);
            writer.Write((long)State);
            writer.Write(Since);
        }
    }

    /// <summary>Of a snapshot.</summary>
    public sealed record Cost(DayCost Day) : SpoolEvent
    {
        public override void Write(CompactWriter writer)
        {
            writer.Write(CostKind);
            Day.Write(writer);
        }
    }

    /// <summary>Of a snapshot: the next batch has this number or a higher one.</summary>
    public sealed record Numbered(Lane Lane, long Next) : SpoolEvent
    {
        public override void Write(CompactWriter writer) => Write(writer, NumberedKind, Lane, Next);
    }
}
