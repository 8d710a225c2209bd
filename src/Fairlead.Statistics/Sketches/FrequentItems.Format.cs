using System.Buffers;

namespace Fairlead.Statistics.Sketches;

public sealed partial class FrequentItems
{
    private const char Kind = 'F';
    private const byte Format = 1;

    /// <summary>The binary form, the same for the same counts in whatever order they came.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Count(Capacity);
        writer.Count(Count);
        writer.Count(Error);
        writer.Count(_used);
        foreach (var item in Items())
        {
            writer.Count(item.Count);
            writer.Count(item.Text is null ? 0 : 1);
            if (item.Text is null)
                writer.Number(item.Number);
            else
                writer.Text(item.Text);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no counters of this format.</exception>
    public static FrequentItems Read(ReadOnlySpan<byte> data)
    {
        const long most = 1L << 52;
        var reader = new SketchInput(data, "frequent values");
        reader.Header(Kind, Format);
        var capacity = (int)reader.Count(LargestCapacity);
        if (capacity < SmallestCapacity)
            throw reader.Bad($"have {capacity} counters; the fewest are {SmallestCapacity}");
        var items = new FrequentItems(capacity)
        {
            Count = reader.Count(most),
            Error = reader.Count(most),
        };
        if (items.Error > items.Count)
            throw reader.Bad("have an error above their count");
        var (used, rest) = ((int)reader.Count(capacity), items.Count);
        var seen = new HashSet<(string?, double)>();
        for (var i = 0; i < used; i++)
        {
            var count = reader.Count(rest);
            rest -= count;
            var text = reader.Count(1) == 1 ? reader.Text(LongestText * 3) : null;
            var number = text is null ? reader.Number() : double.NaN;
            if (count == 0 || (text is null && double.IsNaN(number)) || text?.Length > LongestText
                || (number == 0 && double.IsNegative(number)) || !seen.Add((text, text is null ? number : 0)))
                throw reader.Bad("have a value that cannot be counted, or one twice");
            items.Put(new Counter(
                text is null ? SketchHash.Of(number) : SketchHash.Of(text), text, number, count));
        }

        reader.End();
        return items;
    }
}
