using Fairlead.Core.Models;

namespace Fairlead.Server.Registry;

/// <summary>
/// The versions that this replica will not load, as they may have brought it down. The data plane's journal keeps them.
/// </summary>
public interface IQuarantine
{
    /// <summary>Lets a version be loaded again; false when it was not quarantined here.</summary>
    bool Release(VersionId version);
}

/// <summary>For hosts without a data plane.</summary>
internal sealed class NoQuarantine : IQuarantine
{
    public bool Release(VersionId version) => false;
}
