using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>
/// Runners of some families of the cases of monitoring. <see cref="MonitoringCases"/> finds every implementation, so a
/// group of families is one file.
/// </summary>
internal interface ICaseFamilies
{
    /// <summary>The runner of each family, by the name that the case file gives it.</summary>
    static abstract IReadOnlyDictionary<string, KindRunner> Families { get; }
}
