namespace Fairlead.Statistics.Concept;

/// <summary>The kinds of detectors as they are stored: a number never changes its meaning.</summary>
internal enum DetectorKind
{
    Adwin = 1,
    Ddm = 2,
    Eddm = 3,
    HddmA = 4,
    HddmW = 5,
    PageHinkley = 6,
    Kswin = 7,
    Cusum = 8,
    Ewma = 9,
}

internal static class Detectors
{
    /// <summary>The detector that a stored form names, before it has seen anything.</summary>
    internal static ConceptDetector Make(DetectorKind kind, double[] p) => (kind, p.Length) switch
    {
        (DetectorKind.Adwin, 6) => new Adwin((AdwinVariant)(int)p[0], p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5]),
        (DetectorKind.Ddm, 3) => new Ddm((int)p[0], p[1], p[2]),
        (DetectorKind.Eddm, 3) => new Eddm((int)p[0], p[1], p[2]),
        (DetectorKind.HddmA, 3) => new HddmA(p[0], p[1], (ChangeSide)(int)p[2]),
        (DetectorKind.HddmW, 4) => new HddmW(p[0], p[1], p[2], (ChangeSide)(int)p[3]),
        (DetectorKind.PageHinkley, 5) => new PageHinkley((int)p[0], p[1], p[2], p[3], (ChangeSide)(int)p[4]),
        (DetectorKind.Kswin, 4) => new Kswin(p[0], (int)p[1], (int)p[2], (ulong)p[3]),
        (DetectorKind.Cusum, 4) => new Cusum((int)p[0], p[1], p[2], (ChangeSide)(int)p[3]),
        (DetectorKind.Ewma, 4) => new Ewma((int)p[0], p[1], p[2], (ChangeSide)(int)p[3]),
        _ => throw new ArgumentException($"There is no kind {(int)kind} with {p.Length} parameters."),
    };
}
