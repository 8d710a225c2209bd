using System.Buffers;

namespace Fairlead.Statistics.Sketches;

public sealed partial class QuantileSketch
{
    private const char Kind = 'K';
    private const byte Format = 1;

    // What a stored sketch may say, well below what a sketch can become by merging many.
    private const int MostStoredLevels = 44;
    private const long MostStoredCount = 1L << 52;

    /// <summary>The binary form: read by <see cref="Read"/>, it goes on as if it had never left.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(64 + 8 * Retained);
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Count(K);
        writer.Bits(_chance);
        writer.Count(Count);
        writer.Count(NotFinite);
        if (Count > 0)
        {
            writer.Number(Min);
            writer.Number(Max);
            writer.Count(_levels);
            for (var level = 0; level < _levels; level++)
            {
                writer.Count(Level(level).Length);
                foreach (var value in Level(level))
                    writer.Number(value);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no sketch of this format.</exception>
    public static QuantileSketch Read(ReadOnlySpan<byte> data)
    {
        var reader = new SketchInput(data, "quantile sketch");
        reader.Header(Kind, Format);
        var k = (int)reader.Count(LargestK);
        if (k < SmallestK)
            throw reader.Bad($"has k = {k}; the least is {SmallestK}");
        var sketch = new QuantileSketch(k, reader.Bits())
        {
            Count = reader.Count(MostStoredCount),
            NotFinite = reader.Count(MostStoredCount),
        };
        if (sketch.Count > 0)
            sketch.ReadLevels(ref reader);
        reader.End();
        return sketch;
    }

    private void ReadLevels(ref SketchInput reader)
    {
        (Min, Max) = (reader.Finite(), reader.Finite());
        var levels = (int)reader.Count(MostStoredLevels);
        if (levels == 0)
            throw reader.Bad("has values but no level");
        var lists = new List<List<double>>(levels);
        long stands = 0;
        var room = Room(levels);
        for (var level = 0; level < levels; level++)
        {
            var length = (int)reader.Count(room);
            room -= length;
            var list = new List<double>(length);
            lists.Add(list);
            for (var i = 0; i < length; i++)
            {
                var value = reader.Finite();
                if (!(value >= Min && value <= Max))
                    throw reader.Bad("holds a value outside its least and greatest");
                if (level > 0 && i > 0 && value < list[^1])
                    throw reader.Bad($"has level {level} out of order");
                list.Add(value);
            }

            if (length > (Count - stands) >> level)
                throw reader.Bad($"holds values for more than its count of {Count}");
            stands += (long)length << level;
        }

        if (stands != Count)
            throw reader.Bad($"holds values for {stands} of its count of {Count}");
        Lay(lists, levels);
    }
}
