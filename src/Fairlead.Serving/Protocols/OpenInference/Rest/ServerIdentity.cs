using System.Reflection;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Who the server says it is to callers that ask.</summary>
/// <param name="Name">Some clients written for one server check the name, so an operator may give another.</param>
public sealed record ServerIdentity(string Name, string Version)
{
    /// <summary>The product under its own name.</summary>
    public static ServerIdentity Default { get; } = new(
        "fairlead",
        typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
            .InformationalVersion.Split('+')[0] ?? "");
}
