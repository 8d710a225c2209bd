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

            writer.Write7BitEncodedInt(labels.Shifts.Count);
            foreach (var (label, shift) in labels.Shifts)
            {
                writer.Write(label);
                Write(writer, shift);
            }
        }

        writer.Write7BitEncodedInt(pairs.Numbers.Count);
        foreach (var (name, numbers) in pairs.Numbers)
        {
            writer.Write(name);
            FactsImage.Write(writer, numbers.Differences);
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
                labels.AddCell(reader.ReadString(), reader.ReadString(), reader.Read7BitEncodedInt64());
            for (var shifts = FactsImage.Entries(reader); shifts > 0; shifts--)
            {
                Read(reader, labels.ShiftOf(reader.ReadString())
                    ?? throw new InvalidDataException("There are too many labels."));
            }
        }

        for (var left = FactsImage.Entries(reader); left > 0; left--)
            to.Numbers[reader.ReadString()] = new NumberPairs { Differences = FactsImage.ReadTotals(reader) };
    }

    private static void Write(BinaryWriter writer, LabelShift shift)
    {
        writer.Write7BitEncodedInt64(shift.Requests);
        for (var bucket = 0; bucket < BucketTotals.Count; bucket++)
        {
            if (shift.Differences[bucket] == 0)
                continue;
            writer.Write((ushort)(bucket + 1));
            writer.Write(shift.Differences[bucket]);
        }

        writer.Write((ushort)0);
    }

    private static void Read(BinaryReader reader, LabelShift to)
    {
        to.SetRequests(reader.Read7BitEncodedInt64());

        // Buckets in rising order, each before its value, up to the 0 that ends them.
        for (int next = reader.ReadUInt16(), last = 0; next != 0; last = next, next = reader.ReadUInt16())
        {
            if (next <= last || next > BucketTotals.Count)
                throw new InvalidDataException("The buckets are out of order.");
            to.Set(next - 1, reader.ReadInt64());
        }
    }
}
