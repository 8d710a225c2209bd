using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Facts;

/// <summary>The stored form of pairs of answers: sums, without what is 0.</summary>
internal static class PairSumsForm
{
    public static void Write(BinaryWriter writer, PairSums pairs)
    {
        writer.Write7BitEncodedInt(pairs.Labels.Count);
        foreach (var (name, labels) in pairs.Labels)
        {
            writer.Write(name);
            writer.Write7BitEncodedInt64(labels.LeftOut);
            writer.Write7BitEncodedInt(labels.Cells.Count);
            foreach (var ((champion, challenger), count) in labels.Cells)
            {
                writer.Write(champion);
                writer.Write(challenger);
                writer.Write7BitEncodedInt64(count);
            }
        }

        writer.Write7BitEncodedInt(pairs.Numbers.Count);
        foreach (var (name, numbers) in pairs.Numbers)
        {
            writer.Write(name);
            FactsImage.Write(writer, numbers.Differences);
            Write(writer, numbers.Sizes.Negative);
            Write(writer, numbers.Sizes.Positive);
        }
    }

    /// <summary>Adds what is read to pairs; throws <see cref="InvalidDataException"/> for anything else.</summary>
    public static void Read(BinaryReader reader, PairSums to)
    {
        for (var left = FactsImage.Entries(reader); left > 0; left--)
        {
            var labels = to.Labels[reader.ReadString()] = new LabelPairs();
            labels.LeaveOut(reader.Read7BitEncodedInt64());
            for (var cells = FactsImage.Entries(reader); cells > 0; cells--)
                labels.Add(reader.ReadString(), reader.ReadString(), reader.Read7BitEncodedInt64());
        }

        for (var left = FactsImage.Entries(reader); left > 0; left--)
        {
            var name = reader.ReadString();
            var numbers = to.Numbers[name] = new NumberPairs { Differences = FactsImage.ReadTotals(reader) };
            Read(reader, numbers.Sizes, isPositive: false);
            Read(reader, numbers.Sizes, isPositive: true);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<long> counts)
    {
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] == 0)
                continue;
            writer.Write((ushort)(bin + 1));
            writer.Write7BitEncodedInt64(counts[bin]);
        }

        writer.Write((ushort)0);
    }

    private static void Read(BinaryReader reader, PairedDifferences to, bool isPositive)
    {
        for (int next = reader.ReadUInt16(), last = 0; next != 0; last = next, next = reader.ReadUInt16())
        {
            if (next <= last || next > PairedDifferences.Bins)
                throw new InvalidDataException("The sizes are out of order.");
            to.Add(isPositive, next - 1, reader.Read7BitEncodedInt64());
        }
    }
}
