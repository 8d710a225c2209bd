using Fairlead.Core.Models;
using Fairlead.Server.Registry;
using Fairlead.Serving.Routing;

namespace Fairlead.Server.Hosting;

/// <summary>Lets the control plane's API release what the data plane's journal holds back.</summary>
internal sealed class JournalQuarantine(LoadJournal journal) : IQuarantine
{
    public bool Release(VersionId version) => journal.Release(version);
}
