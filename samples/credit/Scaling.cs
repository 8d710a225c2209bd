namespace Fairlead.Samples.Credit;

/// <summary>(value - offset) * scale: numbers get mean 0 and deviation 1, zeros and ones stay as they are.</summary>
public sealed record Scaling(float[] Offset, float[] Scale)
{
    public static Scaling Of(IReadOnlyList<float[]> rows, int numbers)
    {
        var offset = new float[rows[0].Length];
        var scale = new float[rows[0].Length];
        Array.Fill(scale, 1);
        for (var i = 0; i < numbers; i++)
        {
            var mean = rows.Average(row => (double)row[i]);
            var variance = rows.Average(row => (row[i] - mean) * (row[i] - mean));
            offset[i] = (float)mean;
            scale[i] = (float)(1 / Math.Sqrt(variance));
        }

        return new Scaling(offset, scale);
    }

    public float[] Apply(float[] features) => [.. features.Select((value, i) => (value - Offset[i]) * Scale[i])];
}
