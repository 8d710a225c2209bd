using System.Text;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Facts;

/// <summary>
/// The facts of one arm as they are stored and merged: sums only, so replicas and moments add up. The written form
/// begins with a format byte; empty buckets are left out.
/// </summary>
public sealed class FactsImage
{
    private const byte Format = 3;
    private const int MaxEntries = 4096;

    /// <summary>Requests (x) and failures (y).</summary>
    public BucketTotals Requests { get; private init; } = new();

    /// <summary>Compared copies (x) and differing ones (y).</summary>
    public BucketTotals Disagreements { get; private init; } = new();

    public TimeHistogram Latency { get; private init; } = new();

    public TimeHistogram Compute { get; private init; } = new();

    /// <summary>Sums of observed outputs by metric.</summary>
    public Dictionary<string, BucketTotals> Outputs { get; } = new(StringComparer.Ordinal);

    /// <summary>The same by the values of fields.</summary>
    public Dictionary<(string Field, string Value), FactsImage> Slices { get; } = [];

    /// <summary>Pairs of answers to the same requests, of copies.</summary>
    public PairSums Pairs { get; private init; } = new();

    /// <summary>Payload records that were dropped.</summary>
    public long RecordsDropped { get; private set; }

    /// <summary>Requests whose slice was not kept apart.</summary>
    public long SlicesDropped { get; private set; }

    /// <summary>Copies the facts of an arm as they are now.</summary>
    public static FactsImage Of(ArmFacts facts)
    {
        var image = new FactsImage
        {
            Requests = facts.Requests.Read(),
            Disagreements = facts.Disagreements.Read(),
            Latency = Copy(facts.Latency),
            Compute = Copy(facts.Compute),
            RecordsDropped = facts.RecordsDropped,
            SlicesDropped = facts.SlicesDropped,
        };
        foreach (var (metric, sums) in facts.Outputs)
            image.Outputs.Add(metric, sums.Read());
        foreach (var (slice, figures) in facts.Slices)
            image.Slices.Add(slice, Of(figures));
        facts.WithPairs(image.Pairs.Add);
        return image;
    }

    /// <summary>Adds the facts of another replica.</summary>
    public void Add(FactsImage other)
    {
        Requests.Add(other.Requests);
        Disagreements.Add(other.Disagreements);
        for (var i = 0; i < TimeHistogram.Buckets; i++)
        {
            Latency.Add(i, other.Latency.Count(i));
            Compute.Add(i, other.Compute.Count(i));
        }

        foreach (var (metric, totals) in other.Outputs)
        {
            if (Outputs.TryGetValue(metric, out var known))
                known.Add(totals);
            else
                Outputs.Add(metric, Copy(totals));
        }

        foreach (var (slice, figures) in other.Slices)
        {
            if (!Slices.TryGetValue(slice, out var known))
                Slices.Add(slice, known = new FactsImage());
            known.Add(figures);
        }

        Pairs.Add(other.Pairs);
        RecordsDropped += other.RecordsDropped;
        SlicesDropped += other.SlicesDropped;
    }

    /// <summary>Writes the stored form.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Format);
        Write(writer, deep: true);
        PairSumsForm.Write(writer, Pairs);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the stored form; throws <see cref="InvalidDataException"/> for anything else.</summary>
    public static FactsImage Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
            if (reader.ReadByte() != Format)
                throw new InvalidDataException("The facts are of a format that this program does not know.");
            var image = Read(reader, deep: true);
            PairSumsForm.Read(reader, image.Pairs);
            return image;
        }
        catch (Exception failure) when (failure is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new InvalidDataException("The stored facts are damaged.", failure);
        }
    }

    private static TimeHistogram Copy(TimeHistogram histogram)
    {
        var copy = new TimeHistogram();
        for (var i = 0; i < TimeHistogram.Buckets; i++)
            copy.Add(i, histogram.Count(i));
        return copy;
    }

    private static BucketTotals Copy(BucketTotals totals) => new(totals.Records, totals.Y, totals.X);

    private void Write(BinaryWriter writer, bool deep)
    {
        Write(writer, Requests);
        Write(writer, Disagreements);
        Write(writer, Latency);
        Write(writer, Compute);
        writer.Write7BitEncodedInt64(RecordsDropped);
        writer.Write7BitEncodedInt64(SlicesDropped);
        writer.Write7BitEncodedInt(Outputs.Count);
        foreach (var (metric, totals) in Outputs)
        {
            writer.Write(metric);
            Write(writer, totals);
        }

        writer.Write7BitEncodedInt(deep ? Slices.Count : 0);
        if (!deep)
            return;
        foreach (var ((field, value), image) in Slices)
        {
            writer.Write(field);
            writer.Write(value);
            image.Write(writer, deep: false);
        }
    }

    private static FactsImage Read(BinaryReader reader, bool deep)
    {
        var image = new FactsImage
        {
            Requests = ReadTotals(reader),
            Disagreements = ReadTotals(reader),
            Latency = ReadHistogram(reader),
            Compute = ReadHistogram(reader),
            RecordsDropped = reader.Read7BitEncodedInt64(),
            SlicesDropped = reader.Read7BitEncodedInt64(),
        };
        for (var left = Entries(reader); left > 0; left--)
            image.Outputs[reader.ReadString()] = ReadTotals(reader);
        var slices = Entries(reader);
        if (slices > 0 && !deep)
            throw new InvalidDataException("A slice has slices.");
        for (; slices > 0; slices--)
            image.Slices[(reader.ReadString(), reader.ReadString())] = Read(reader, deep: false);
        return image;
    }

    internal static void Write(BinaryWriter writer, BucketTotals totals)
    {
        for (var i = 0; i < BucketTotals.Count; i++)
        {
            if (totals.Records[i] == 0)
                continue;
            writer.Write((ushort)(i + 1));
            writer.Write(totals.Records[i]);
            writer.Write(totals.Y[i]);
            writer.Write(totals.X[i]);
        }

        writer.Write((ushort)0);
    }

    internal static BucketTotals ReadTotals(BinaryReader reader)
    {
        var (records, y, x) = (new double[BucketTotals.Count], new double[BucketTotals.Count],
            new double[BucketTotals.Count]);
        for (int next = reader.ReadUInt16(), last = 0; next != 0; last = next, next = reader.ReadUInt16())
        {
            if (next <= last || next > BucketTotals.Count)
                throw new InvalidDataException("The buckets are out of order.");
            (records[next - 1], y[next - 1], x[next - 1]) =
                (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        }

        return new BucketTotals(records, y, x);
    }

    private static void Write(BinaryWriter writer, TimeHistogram histogram)
    {
        for (var i = 0; i < TimeHistogram.Buckets; i++)
            writer.Write7BitEncodedInt64(histogram.Count(i));
    }

    private static TimeHistogram ReadHistogram(BinaryReader reader)
    {
        var histogram = new TimeHistogram();
        for (var i = 0; i < TimeHistogram.Buckets; i++)
            histogram.Add(i, reader.Read7BitEncodedInt64());
        return histogram;
    }

    internal static int Entries(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        return count is >= 0 and <= MaxEntries
            ? count
            : throw new InvalidDataException($"The facts hold {count} entries.");
    }
}
