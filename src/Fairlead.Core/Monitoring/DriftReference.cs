using Fairlead.Core.Datasets;

namespace Fairlead.Core.Monitoring;

/// <summary>What a look at an endpoint is held against.</summary>
public abstract record DriftReference
{
    private DriftReference()
    {
    }

    /// <summary>What the same version did in a stretch of the past.</summary>
    /// <param name="From">First minute, since 1970 UTC.</param>
    /// <param name="To">The minute after the last one.</param>
    public sealed record Past(long From, long To) : DriftReference
    {
        public override string ToString() => "window";
    }

    /// <summary>What the same version did just before the look began.</summary>
    /// <param name="Length">How far back from there.</param>
    public sealed record Rolling(TimeSpan Length) : DriftReference
    {
        public override string ToString() => "rolling";
    }

    /// <summary>The rows of a registered dataset.</summary>
    public sealed record Dataset(DatasetId Id) : DriftReference
    {
        public override string ToString() => $"dataset:{Id}";
    }

    /// <summary>The datasets that the version which answers learnt from.</summary>
    public sealed record Training : DriftReference
    {
        public override string ToString() => "training";
    }
}
